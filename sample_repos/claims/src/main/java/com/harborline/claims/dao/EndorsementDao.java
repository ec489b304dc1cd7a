package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Endorsement;
import com.harborline.claims.util.DbUtil;

/**
 * @author dok
 */
public class EndorsementDao extends BaseDao<Endorsement> {

    @Override
    protected Endorsement map(ResultSet rs) throws SQLException {
        Endorsement e = new Endorsement();
        e.setEndorsementId(rs.getLong("ENDORSEMENT_ID"));
        e.setPolicyId(rs.getLong("POLICY_ID"));
        e.setEndorseNo(rs.getInt("ENDORSE_NO"));
        e.setEffDate(rs.getDate("EFF_DATE"));
        e.setKind(rs.getString("KIND"));
        e.setOldValue(rs.getString("OLD_VALUE"));
        e.setNewValue(rs.getString("NEW_VALUE"));
        e.setPremiumDelta(rs.getDouble("PREMIUM_DELTA"));
        e.setCreatedBy(rs.getString("CREATED_BY"));
        return e;
    }

    public List<Endorsement> findByPolicy(long policyId) throws SQLException {
        return list("SELECT * FROM ENDORSEMENT WHERE POLICY_ID = ? ORDER BY ENDORSE_NO", policyId);
    }

    public void insert(Endorsement e) throws SQLException {
        e.setEndorsementId(DbUtil.nextKey("ENDORSEMENT"));
        e.setEndorseNo((int) DbUtil.queryLong(
                "SELECT COALESCE(MAX(ENDORSE_NO), 0) FROM ENDORSEMENT WHERE POLICY_ID = " + e.getPolicyId()) + 1);
        DbUtil.update("INSERT INTO ENDORSEMENT (ENDORSEMENT_ID, POLICY_ID, ENDORSE_NO, EFF_DATE, KIND, OLD_VALUE,"
                + " NEW_VALUE, PREMIUM_DELTA, CREATED_BY, CREATED_ON) VALUES (?,?,?,?,?,?,?,?,?,?)",
                e.getEndorsementId(), e.getPolicyId(), e.getEndorseNo(), DbUtil.sqlDate(e.getEffDate()), e.getKind(),
                e.getOldValue(), e.getNewValue(), e.getPremiumDelta(), e.getCreatedBy(), DbUtil.now());
    }
}
