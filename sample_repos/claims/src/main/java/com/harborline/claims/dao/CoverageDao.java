package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Coverage;
import com.harborline.claims.util.DbUtil;

public class CoverageDao extends BaseDao<Coverage> {

    @Override
    protected Coverage map(ResultSet rs) throws SQLException {
        Coverage c = new Coverage();
        c.setCoverageId(rs.getLong("COVERAGE_ID"));
        c.setPolicyId(rs.getLong("POLICY_ID"));
        c.setCovCode(rs.getString("COV_CODE"));
        c.setSumInsured(rs.getDouble("SUM_INSURED"));
        c.setDeductible(rs.getDouble("DEDUCTIBLE"));
        c.setPremiumPart(rs.getDouble("PREMIUM_PART"));
        return c;
    }

    public List<Coverage> findByPolicy(long policyId) throws SQLException {
        return list("SELECT * FROM COVERAGE WHERE POLICY_ID = ? ORDER BY COVERAGE_ID", policyId);
    }

    public void insert(Coverage c) throws SQLException {
        c.setCoverageId(DbUtil.nextKey("COVERAGE"));
        DbUtil.update("INSERT INTO COVERAGE (COVERAGE_ID, POLICY_ID, COV_CODE, SUM_INSURED, DEDUCTIBLE, PREMIUM_PART)"
                + " VALUES (?,?,?,?,?,?)", c.getCoverageId(), c.getPolicyId(), c.getCovCode(), c.getSumInsured(),
                c.getDeductible(), c.getPremiumPart());
    }

    public void update(Coverage c) throws SQLException {
        DbUtil.update("UPDATE COVERAGE SET SUM_INSURED = ?, DEDUCTIBLE = ?, PREMIUM_PART = ? WHERE COVERAGE_ID = ?",
                c.getSumInsured(), c.getDeductible(), c.getPremiumPart(), c.getCoverageId());
    }

    public void delete(long coverageId) throws SQLException {
        DbUtil.update("DELETE FROM COVERAGE WHERE COVERAGE_ID = ?", coverageId);
    }
}
