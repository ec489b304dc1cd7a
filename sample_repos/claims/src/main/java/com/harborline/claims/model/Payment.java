package com.harborline.claims.model;

import java.io.Serializable;
import java.util.Date;

/**
 * A payout of a claim. Amounts are cents since 2015 (CLM-1702), claims and
 * reserves still have dollars.
 */
public class Payment implements Serializable {

    private static final long serialVersionUID = 1L;

    private long paymentId;
    private long claimId;
    private long payeeId;
    private String reserveType;
    private long amountCents;
    private String method;
    private String status;
    private long chequeNo;
    private long bankFileId;
    private String createdBy;
    private Date createdOn;
    private String approvedBy;
    private Date paidOn;
    private long reversalOf;

    public long getPaymentId() {
        return paymentId;
    }

    public void setPaymentId(long paymentId) {
        this.paymentId = paymentId;
    }

    public long getClaimId() {
        return claimId;
    }

    public void setClaimId(long claimId) {
        this.claimId = claimId;
    }

    public long getPayeeId() {
        return payeeId;
    }

    public void setPayeeId(long payeeId) {
        this.payeeId = payeeId;
    }

    public String getReserveType() {
        return reserveType;
    }

    public void setReserveType(String reserveType) {
        this.reserveType = reserveType;
    }

    public long getAmountCents() {
        return amountCents;
    }

    public void setAmountCents(long amountCents) {
        this.amountCents = amountCents;
    }

    public String getMethod() {
        return method;
    }

    public void setMethod(String method) {
        this.method = method;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public long getChequeNo() {
        return chequeNo;
    }

    public void setChequeNo(long chequeNo) {
        this.chequeNo = chequeNo;
    }

    public long getBankFileId() {
        return bankFileId;
    }

    public void setBankFileId(long bankFileId) {
        this.bankFileId = bankFileId;
    }

    public String getCreatedBy() {
        return createdBy;
    }

    public void setCreatedBy(String createdBy) {
        this.createdBy = createdBy;
    }

    public Date getCreatedOn() {
        return createdOn;
    }

    public void setCreatedOn(Date createdOn) {
        this.createdOn = createdOn;
    }

    public String getApprovedBy() {
        return approvedBy;
    }

    public void setApprovedBy(String approvedBy) {
        this.approvedBy = approvedBy;
    }

    public Date getPaidOn() {
        return paidOn;
    }

    public void setPaidOn(Date paidOn) {
        this.paidOn = paidOn;
    }

    public long getReversalOf() {
        return reversalOf;
    }

    public void setReversalOf(long reversalOf) {
        this.reversalOf = reversalOf;
    }

    public double getAmount() {
        return amountCents / 100.0;
    }
}
