package com.harborline.claims.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/*
 * FnolWizard.java
 * rwk 09/2011
 *
 * The half-filled notice of loss. Lives in the HttpSession over the four
 * pages; lost when Tomcat is restarted or the balancer moves the user (CLM-0931).
 */
public class FnolWizard implements Serializable {

    private static final long serialVersionUID = 1L;

    private int step;
    private String policyNo;
    private Policy policy;
    private Date lossDate;
    private String lossType;
    private String lossPlace;
    private String description;
    private String callerName;
    private String callerPhone;
    private double firstEstimate;
    private boolean injury;
    private List<String> errors = new ArrayList<String>();

    public int getStep() {
        return step;
    }

    public void setStep(int step) {
        this.step = step;
    }

    public String getPolicyNo() {
        return policyNo;
    }

    public void setPolicyNo(String policyNo) {
        this.policyNo = policyNo;
    }

    public Policy getPolicy() {
        return policy;
    }

    public void setPolicy(Policy policy) {
        this.policy = policy;
    }

    public Date getLossDate() {
        return lossDate;
    }

    public void setLossDate(Date lossDate) {
        this.lossDate = lossDate;
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

    public String getCallerName() {
        return callerName;
    }

    public void setCallerName(String callerName) {
        this.callerName = callerName;
    }

    public String getCallerPhone() {
        return callerPhone;
    }

    public void setCallerPhone(String callerPhone) {
        this.callerPhone = callerPhone;
    }

    public double getFirstEstimate() {
        return firstEstimate;
    }

    public void setFirstEstimate(double firstEstimate) {
        this.firstEstimate = firstEstimate;
    }

    public boolean isInjury() {
        return injury;
    }

    public void setInjury(boolean injury) {
        this.injury = injury;
    }

    public List<String> getErrors() {
        return errors;
    }

    public void setErrors(List<String> errors) {
        this.errors = errors;
    }

    public boolean isComplete() {
        return policy != null && lossDate != null && lossType != null && errors.isEmpty();
    }
}
