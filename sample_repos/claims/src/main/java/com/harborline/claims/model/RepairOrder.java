package com.harborline.claims.model;

import java.io.Serializable;
import java.util.Date;

public class RepairOrder implements Serializable {

    private static final long serialVersionUID = 1L;

    private long orderId;
    private long claimId;
    private long shopId;
    private String partnerRef;
    private String status;
    private long estimateCents;
    private Date orderedOn;
    private Date lastPoll;

    public long getOrderId() {
        return orderId;
    }

    public void setOrderId(long orderId) {
        this.orderId = orderId;
    }

    public long getClaimId() {
        return claimId;
    }

    public void setClaimId(long claimId) {
        this.claimId = claimId;
    }

    public long getShopId() {
        return shopId;
    }

    public void setShopId(long shopId) {
        this.shopId = shopId;
    }

    public String getPartnerRef() {
        return partnerRef;
    }

    public void setPartnerRef(String partnerRef) {
        this.partnerRef = partnerRef;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public long getEstimateCents() {
        return estimateCents;
    }

    public void setEstimateCents(long estimateCents) {
        this.estimateCents = estimateCents;
    }

    public Date getOrderedOn() {
        return orderedOn;
    }

    public void setOrderedOn(Date orderedOn) {
        this.orderedOn = orderedOn;
    }

    public Date getLastPoll() {
        return lastPoll;
    }

    public void setLastPoll(Date lastPoll) {
        this.lastPoll = lastPoll;
    }
}
