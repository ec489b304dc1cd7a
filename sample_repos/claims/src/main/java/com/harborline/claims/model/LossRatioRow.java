package com.harborline.claims.model;

import java.io.Serializable;

/** One line of the loss ratio report. */
public class LossRatioRow implements Serializable {

    private static final long serialVersionUID = 1L;

    private String productCode;
    private int policies;
    private double premium;
    private int claims;
    private double reserved;
    private double paid;

    public String getProductCode() {
        return productCode;
    }

    public void setProductCode(String productCode) {
        this.productCode = productCode;
    }

    public int getPolicies() {
        return policies;
    }

    public void setPolicies(int policies) {
        this.policies = policies;
    }

    public double getPremium() {
        return premium;
    }

    public void setPremium(double premium) {
        this.premium = premium;
    }

    public int getClaims() {
        return claims;
    }

    public void setClaims(int claims) {
        this.claims = claims;
    }

    public double getReserved() {
        return reserved;
    }

    public void setReserved(double reserved) {
        this.reserved = reserved;
    }

    public double getPaid() {
        return paid;
    }

    public void setPaid(double paid) {
        this.paid = paid;
    }

    /** Paid and still open, in percent of the premium. */
    public double getRatio() {
        if (premium == 0) {
            return 0;
        }
        return Math.round((paid + Math.max(0, reserved - paid)) / premium * 1000.0) / 10.0;
    }
}
