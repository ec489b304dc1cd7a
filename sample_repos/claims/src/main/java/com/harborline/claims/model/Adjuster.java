package com.harborline.claims.model;

import java.io.Serializable;

public class Adjuster implements Serializable {

    private static final long serialVersionUID = 1L;

    private long adjusterId;
    private String login;
    private String fullName;
    private String region;
    private int maxOpen;
    private double authorityLimit;
    private int openClaims;

    public long getAdjusterId() {
        return adjusterId;
    }

    public void setAdjusterId(long adjusterId) {
        this.adjusterId = adjusterId;
    }

    public String getLogin() {
        return login;
    }

    public void setLogin(String login) {
        this.login = login;
    }

    public String getFullName() {
        return fullName;
    }

    public void setFullName(String fullName) {
        this.fullName = fullName;
    }

    public String getRegion() {
        return region;
    }

    public void setRegion(String region) {
        this.region = region;
    }

    public int getMaxOpen() {
        return maxOpen;
    }

    public void setMaxOpen(int maxOpen) {
        this.maxOpen = maxOpen;
    }

    public double getAuthorityLimit() {
        return authorityLimit;
    }

    public void setAuthorityLimit(double authorityLimit) {
        this.authorityLimit = authorityLimit;
    }

    public int getOpenClaims() {
        return openClaims;
    }

    public void setOpenClaims(int openClaims) {
        this.openClaims = openClaims;
    }
}
