package com.harborline.claims.model;

import java.io.Serializable;

public class Coverage implements Serializable {

    private static final long serialVersionUID = 1L;

    private long coverageId;
    private long policyId;
    private String covCode;
    private double sumInsured;
    private double deductible;
    private double premiumPart;

    public long getCoverageId() {
        return coverageId;
    }

    public void setCoverageId(long coverageId) {
        this.coverageId = coverageId;
    }

    public long getPolicyId() {
        return policyId;
    }

    public void setPolicyId(long policyId) {
        this.policyId = policyId;
    }

    public String getCovCode() {
        return covCode;
    }

    public void setCovCode(String covCode) {
        this.covCode = covCode;
    }

    public double getSumInsured() {
        return sumInsured;
    }

    public void setSumInsured(double sumInsured) {
        this.sumInsured = sumInsured;
    }

    public double getDeductible() {
        return deductible;
    }

    public void setDeductible(double deductible) {
        this.deductible = deductible;
    }

    public double getPremiumPart() {
        return premiumPart;
    }

    public void setPremiumPart(double premiumPart) {
        this.premiumPart = premiumPart;
    }
}
