package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Date;
import java.util.List;

import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Policy;
import com.harborline.claims.service.PremiumCalculator;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;

/**
 * Policies and their history.
 *
 * @author dok
 */
public class PolicyDao extends BaseDao<Policy> {

    private final CoverageDao coverageDao = new CoverageDao();

    @Override
    protected Policy map(ResultSet rs) throws SQLException {
        Policy p = new Policy();
        p.setPolicyId(rs.getLong("POLICY_ID"));
        p.setPolicyNo(rs.getString("POLICY_NO"));
        p.setHolderId(rs.getLong("HOLDER_ID"));
        p.setProductCode(rs.getString("PRODUCT_CODE"));
        p.setStatus(rs.getString("STATUS"));
        p.setStartDate(rs.getDate("START_DATE"));
        p.setEndDate(rs.getDate("END_DATE"));
        p.setAnnualPremium(rs.getDouble("ANNUAL_PREMIUM"));
        p.setPayFreq(rs.getString("PAY_FREQ"));
        p.setBrokerCode(rs.getString("BROKER_CODE"));
        return p;
    }

    public Policy find(long policyId) throws SQLException {
        return withCoverages(one("SELECT * FROM POLICY WHERE POLICY_ID = ?", policyId));
    }

    public Policy findByNo(String policyNo) throws SQLException {
        return withCoverages(one("SELECT * FROM POLICY WHERE POLICY_NO = ?", policyNo));
    }

    public List<Policy> findByHolder(long holderId) throws SQLException {
        return list("SELECT * FROM POLICY WHERE HOLDER_ID = ? ORDER BY START_DATE DESC", holderId);
    }

    /** Active policies whose year is over. */
    public List<Policy> findExpired(Date day) throws SQLException {
        return list("SELECT * FROM POLICY WHERE STATUS = ? AND END_DATE <= ? ORDER BY POLICY_NO",
                IConstants.POL_ACTIVE, DbUtil.sqlDate(day));
    }

    private Policy withCoverages(Policy p) throws SQLException {
        if (p != null) {
            p.setCoverages(coverageDao.findByPolicy(p.getPolicyId()));
        }
        return p;
    }

    /**
     * Inserts the policy with its coverages. The premium is calculated here
     * when the page did not do it (CLM-2230), that is why the DAO knows the
     * calculator.
     */
    public long insert(Policy p, String who) throws SQLException {
        if (p.getAnnualPremium() == 0 && !p.getCoverages().isEmpty()) {
            try {
                p.setAnnualPremium(new PremiumCalculator().calculate(p, null).getTotal());
            } catch (AppException e) {
                Log.warn("premium of " + p.getPolicyNo() + ": " + e.getMessage());
            }
        }
        long id = DbUtil.nextKey("POLICY");
        p.setPolicyId(id);
        DbUtil.update("INSERT INTO POLICY (POLICY_ID, POLICY_NO, HOLDER_ID, PRODUCT_CODE, STATUS, START_DATE, END_DATE,"
                + " ANNUAL_PREMIUM, PAY_FREQ, BROKER_CODE, CHANGED_ON, CHANGED_BY) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                id, p.getPolicyNo(), p.getHolderId(), p.getProductCode(), p.getStatus(),
                DbUtil.sqlDate(p.getStartDate()), DbUtil.sqlDate(p.getEndDate()), p.getAnnualPremium(),
                p.getPayFreq() == null ? "A" : p.getPayFreq(), p.getBrokerCode(), DbUtil.now(), who);
        for (Coverage c : p.getCoverages()) {
            c.setPolicyId(id);
            coverageDao.insert(c);
        }
        return id;
    }

    public void updateStatus(long policyId, String newStatus, String reason, String who) throws SQLException {
        String old = DbUtil.queryString("SELECT STATUS FROM POLICY WHERE POLICY_ID = " + policyId);
        DbUtil.update("UPDATE POLICY SET STATUS = ?, CHANGED_ON = ?, CHANGED_BY = ? WHERE POLICY_ID = ?",
                newStatus, DbUtil.now(), who, policyId);
        DbUtil.update("INSERT INTO POLICY_HISTORY (HIST_ID, POLICY_ID, OLD_STATUS, NEW_STATUS, REASON, CHANGED_BY,"
                + " CHANGED_ON) VALUES (?,?,?,?,?,?,?)",
                DbUtil.nextKey("POLICY_HISTORY"), policyId, old, newStatus, reason, who, DbUtil.now());
    }

    public void updatePremium(long policyId, double premium, String who) throws SQLException {
        DbUtil.update("UPDATE POLICY SET ANNUAL_PREMIUM = ?, CHANGED_ON = ?, CHANGED_BY = ? WHERE POLICY_ID = ?",
                premium, DbUtil.now(), who, policyId);
    }

    public void updateTerm(long policyId, Date start, Date end, String who) throws SQLException {
        DbUtil.update("UPDATE POLICY SET START_DATE = ?, END_DATE = ?, CHANGED_ON = ?, CHANGED_BY = ?"
                + " WHERE POLICY_ID = ?",
                DbUtil.sqlDate(start), DbUtil.sqlDate(end), DbUtil.now(), who, policyId);
    }
}
