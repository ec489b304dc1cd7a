package com.harborline.claims.model;

import com.harborline.claims.util.IConstants;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * A policy. Premium is per year, in dollars.
 */
public class Policy implements Serializable {

    private static final long serialVersionUID = 1L;

    private long policyId;
    private String policyNo;
    private long holderId;
    private String productCode;
    private String status;
    private Date startDate;
    private Date endDate;
    private double annualPremium;
    private String payFreq;
    private String brokerCode;
    private List<Coverage> coverages = new ArrayList<Coverage>();

    public long getPolicyId() {
        return policyId;
    }

    public void setPolicyId(long policyId) {
        this.policyId = policyId;
    }

    public String getPolicyNo() {
        return policyNo;
    }

    public void setPolicyNo(String policyNo) {
        this.policyNo = policyNo;
    }

    public long getHolderId() {
        return holderId;
    }

    public void setHolderId(long holderId) {
        this.holderId = holderId;
    }

    public String getProductCode() {
        return productCode;
    }

    public void setProductCode(String productCode) {
        this.productCode = productCode;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public Date getStartDate() {
        return startDate;
    }

    public void setStartDate(Date startDate) {
        this.startDate = startDate;
    }

    public Date getEndDate() {
        return endDate;
    }

    public void setEndDate(Date endDate) {
        this.endDate = endDate;
    }

    public double getAnnualPremium() {
        return annualPremium;
    }

    public void setAnnualPremium(double annualPremium) {
        this.annualPremium = annualPremium;
    }

    public String getPayFreq() {
        return payFreq;
    }

    public void setPayFreq(String payFreq) {
        this.payFreq = payFreq;
    }

    public String getBrokerCode() {
        return brokerCode;
    }

    public void setBrokerCode(String brokerCode) {
        this.brokerCode = brokerCode;
    }

    public List<Coverage> getCoverages() {
        return coverages;
    }

    public void setCoverages(List<Coverage> coverages) {
        this.coverages = coverages;
    }

    public boolean isInForce(Date day) {
        return IConstants.POL_ACTIVE.equals(status) && !day.before(startDate) && day.before(endDate);
    }

    public Coverage getCoverage(String covCode) {
        for (Coverage c : coverages) {
            if (c.getCovCode().equals(covCode)) {
                return c;
            }
        }
        return null;
    }
}
