package com.harborline.claims.model;

import java.io.Serializable;

public class Payee implements Serializable {

    private static final long serialVersionUID = 1L;

    private long payeeId;
    private String payeeName;
    private String payeeKind;
    private String bankCode;
    private String accountNo;
    private String address;
    private boolean active;

    public long getPayeeId() {
        return payeeId;
    }

    public void setPayeeId(long payeeId) {
        this.payeeId = payeeId;
    }

    public String getPayeeName() {
        return payeeName;
    }

    public void setPayeeName(String payeeName) {
        this.payeeName = payeeName;
    }

    public String getPayeeKind() {
        return payeeKind;
    }

    public void setPayeeKind(String payeeKind) {
        this.payeeKind = payeeKind;
    }

    public String getBankCode() {
        return bankCode;
    }

    public void setBankCode(String bankCode) {
        this.bankCode = bankCode;
    }

    public String getAccountNo() {
        return accountNo;
    }

    public void setAccountNo(String accountNo) {
        this.accountNo = accountNo;
    }

    public String getAddress() {
        return address;
    }

    public void setAddress(String address) {
        this.address = address;
    }

    public boolean isActive() {
        return active;
    }

    public void setActive(boolean active) {
        this.active = active;
    }
}
