package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Reserve;
import com.harborline.claims.util.DbUtil;

/**
 * CLAIM_RESERVE. Payments write the table too, without this class.
 */
public class ReserveDao extends BaseDao<Reserve> {

    @Override
    protected Reserve map(ResultSet rs) throws SQLException {
        Reserve r = new Reserve();
        r.setReserveId(rs.getLong("RESERVE_ID"));
        r.setClaimId(rs.getLong("CLAIM_ID"));
        r.setReserveType(rs.getString("RESERVE_TYPE"));
        r.setAmount(rs.getDouble("AMOUNT"));
        r.setPaidAmount(rs.getDouble("PAID_AMOUNT"));
        r.setUpdatedOn(rs.getTimestamp("UPDATED_ON"));
        r.setUpdatedBy(rs.getString("UPDATED_BY"));
        return r;
    }

    public List<Reserve> findByClaim(long claimId) throws SQLException {
        return list("SELECT * FROM CLAIM_RESERVE WHERE CLAIM_ID = ? ORDER BY RESERVE_ID", claimId);
    }

    public Reserve find(long claimId, String type) throws SQLException {
        return one("SELECT * FROM CLAIM_RESERVE WHERE CLAIM_ID = ? AND RESERVE_TYPE = ?", claimId, type);
    }

    public void insert(Reserve r, String who) throws SQLException {
        r.setReserveId(DbUtil.nextKey("CLAIM_RESERVE"));
        DbUtil.update("INSERT INTO CLAIM_RESERVE (RESERVE_ID, CLAIM_ID, RESERVE_TYPE, AMOUNT, UPDATED_ON, UPDATED_BY)"
                + " VALUES (?,?,?,?,?,?)", r.getReserveId(), r.getClaimId(), r.getReserveType(), r.getAmount(),
                DbUtil.now(), who);
    }

    public void updateAmount(long reserveId, double amount, String who) throws SQLException {
        DbUtil.update("UPDATE CLAIM_RESERVE SET AMOUNT = ?, UPDATED_ON = ?, UPDATED_BY = ? WHERE RESERVE_ID = ?",
                amount, DbUtil.now(), who, reserveId);
    }
}
