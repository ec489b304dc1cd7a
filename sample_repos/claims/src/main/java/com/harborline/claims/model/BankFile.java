package com.harborline.claims.model;

import java.io.Serializable;
import java.util.Date;

public class BankFile implements Serializable {

    private static final long serialVersionUID = 1L;

    private long bankFileId;
    private String fileName;
    private Date createdOn;
    private int recordCount;
    private long totalCents;
    private String status;

    public long getBankFileId() {
        return bankFileId;
    }

    public void setBankFileId(long bankFileId) {
        this.bankFileId = bankFileId;
    }

    public String getFileName() {
        return fileName;
    }

    public void setFileName(String fileName) {
        this.fileName = fileName;
    }

    public Date getCreatedOn() {
        return createdOn;
    }

    public void setCreatedOn(Date createdOn) {
        this.createdOn = createdOn;
    }

    public int getRecordCount() {
        return recordCount;
    }

    public void setRecordCount(int recordCount) {
        this.recordCount = recordCount;
    }

    public long getTotalCents() {
        return totalCents;
    }

    public void setTotalCents(long totalCents) {
        this.totalCents = totalCents;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }
}
