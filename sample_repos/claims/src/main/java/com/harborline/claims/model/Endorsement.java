package com.harborline.claims.model;

import java.io.Serializable;
import java.util.Date;

/** A change of a policy during its year. */
public class Endorsement implements Serializable {

    private static final long serialVersionUID = 1L;

    private long endorsementId;
    private long policyId;
    private int endorseNo;
    private Date effDate;
    private String kind;
    private String oldValue;
    private String newValue;
    private double premiumDelta;
    private String createdBy;

    public long getEndorsementId() {
        return endorsementId;
    }

    public void setEndorsementId(long endorsementId) {
        this.endorsementId = endorsementId;
    }

    public long getPolicyId() {
        return policyId;
    }

    public void setPolicyId(long policyId) {
        this.policyId = policyId;
    }

    public int getEndorseNo() {
        return endorseNo;
    }

    public void setEndorseNo(int endorseNo) {
        this.endorseNo = endorseNo;
    }

    public Date getEffDate() {
        return effDate;
    }

    public void setEffDate(Date effDate) {
        this.effDate = effDate;
    }

    public String getKind() {
        return kind;
    }

    public void setKind(String kind) {
        this.kind = kind;
    }

    public String getOldValue() {
        return oldValue;
    }

    public void setOldValue(String oldValue) {
        this.oldValue = oldValue;
    }

    public String getNewValue() {
        return newValue;
    }

    public void setNewValue(String newValue) {
        this.newValue = newValue;
    }

    public double getPremiumDelta() {
        return premiumDelta;
    }

    public void setPremiumDelta(double premiumDelta) {
        this.premiumDelta = premiumDelta;
    }

    public String getCreatedBy() {
        return createdBy;
    }

    public void setCreatedBy(String createdBy) {
        this.createdBy = createdBy;
    }
}
