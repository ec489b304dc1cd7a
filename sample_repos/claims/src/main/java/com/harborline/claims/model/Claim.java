package com.harborline.claims.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/* Claim.java rwk 01/2010 */
public class Claim implements Serializable {

    private static final long serialVersionUID = 1L;

    private long claimId;
    private String claimNo;
    private long policyId;
    private Date lossDate;
    private Date reportedDate;
    private String lossType;
    private String lossPlace;
    private String description;
    private String status;
    private long adjusterId;
    private double paidTotal;
    private String repairState;
    private Date closedDate;
    private String createdBy;
    private List<Reserve> reserves = new ArrayList<Reserve>();

    public long getClaimId() {
        return claimId;
    }

    public void setClaimId(long claimId) {
        this.claimId = claimId;
    }

    public String getClaimNo() {
        return claimNo;
    }

    public void setClaimNo(String claimNo) {
        this.claimNo = claimNo;
    }

    public long getPolicyId() {
        return policyId;
    }

    public void setPolicyId(long policyId) {
        this.policyId = policyId;
    }

    public Date getLossDate() {
        return lossDate;
    }

    public void setLossDate(Date lossDate) {
        this.lossDate = lossDate;
    }

    public Date getReportedDate() {
        return reportedDate;
    }

    public void setReportedDate(Date reportedDate) {
        this.reportedDate = reportedDate;
    }

    public String getLossType() {
        return lossType;
    }

    public void setLossType(String lossType) {
        this.lossType = lossType;
    }

    public String getLossPlace() {
        return lossPlace;
    }

    public void setLossPlace(String lossPlace) {
        this.lossPlace = lossPlace;
    }

    public String getDescription() {
        return description;
    }

    public void setDescription(String description) {
        this.description = description;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public long getAdjusterId() {
        return adjusterId;
    }

    public void setAdjusterId(long adjusterId) {
        this.adjusterId = adjusterId;
    }

    public double getPaidTotal() {
        return paidTotal;
    }

    public void setPaidTotal(double paidTotal) {
        this.paidTotal = paidTotal;
    }

    public String getRepairState() {
        return repairState;
    }

    public void setRepairState(String repairState) {
        this.repairState = repairState;
    }

    public Date getClosedDate() {
        return closedDate;
    }

    public void setClosedDate(Date closedDate) {
        this.closedDate = closedDate;
    }

    public String getCreatedBy() {
        return createdBy;
    }

    public void setCreatedBy(String createdBy) {
        this.createdBy = createdBy;
    }

    public List<Reserve> getReserves() {
        return reserves;
    }

    public void setReserves(List<Reserve> reserves) {
        this.reserves = reserves;
    }

    public double getReserveTotal() {
        double dbl = 0;
        for (int i = 0; i < reserves.size(); i++) {
            dbl += reserves.get(i).getAmount();
        }
        return dbl;
    }
}
