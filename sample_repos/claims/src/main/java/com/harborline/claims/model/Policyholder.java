package com.harborline.claims.model;

import java.io.Serializable;
import java.util.Date;

/* rwk 11/2009 */
public class Policyholder implements Serializable {

    private static final long serialVersionUID = 1L;

    private long m_lHolderId;
    private String m_sHolderNo;
    private String m_sLastName;
    private String m_sFirstName;
    private String m_sCompanyName;
    private String m_sStreet;
    private String m_sCity;
    private String m_sPostcode;
    private String m_sPhone;
    private String m_sEmail;
    private Date m_dBirthDate;
    private String m_sRiskClass;

    public long getHolderId() {
        return m_lHolderId;
    }

    public void setHolderId(long lHolderId) {
        m_lHolderId = lHolderId;
    }

    public String getHolderNo() {
        return m_sHolderNo;
    }

    public void setHolderNo(String sHolderNo) {
        m_sHolderNo = sHolderNo;
    }

    public String getLastName() {
        return m_sLastName;
    }

    public void setLastName(String sLastName) {
        m_sLastName = sLastName;
    }

    public String getFirstName() {
        return m_sFirstName;
    }

    public void setFirstName(String sFirstName) {
        m_sFirstName = sFirstName;
    }

    public String getCompanyName() {
        return m_sCompanyName;
    }

    public void setCompanyName(String sCompanyName) {
        m_sCompanyName = sCompanyName;
    }

    public String getStreet() {
        return m_sStreet;
    }

    public void setStreet(String sStreet) {
        m_sStreet = sStreet;
    }

    public String getCity() {
        return m_sCity;
    }

    public void setCity(String sCity) {
        m_sCity = sCity;
    }

    public String getPostcode() {
        return m_sPostcode;
    }

    public void setPostcode(String sPostcode) {
        m_sPostcode = sPostcode;
    }

    public String getPhone() {
        return m_sPhone;
    }

    public void setPhone(String sPhone) {
        m_sPhone = sPhone;
    }

    public String getEmail() {
        return m_sEmail;
    }

    public void setEmail(String sEmail) {
        m_sEmail = sEmail;
    }

    public Date getBirthDate() {
        return m_dBirthDate;
    }

    public void setBirthDate(Date dBirthDate) {
        m_dBirthDate = dBirthDate;
    }

    public String getRiskClass() {
        return m_sRiskClass;
    }

    public void setRiskClass(String sRiskClass) {
        m_sRiskClass = sRiskClass;
    }

    /** Name for letters and head lines. */
    public String getDisplayName() {
        if (m_sCompanyName != null && m_sCompanyName.length() > 0) {
            return m_sCompanyName;
        }
        return m_sFirstName == null ? m_sLastName : m_sFirstName + " " + m_sLastName;
    }
}
