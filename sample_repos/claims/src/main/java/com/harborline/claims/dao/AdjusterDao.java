package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Adjuster;
import com.harborline.claims.util.DbUtil;

public class AdjusterDao extends BaseDao<Adjuster> {

    private static final String SELECT = "SELECT A.*, (SELECT COUNT(*) FROM CLAIM C WHERE C.ADJUSTER_ID = A.ADJUSTER_ID"
            + " AND C.STATUS NOT IN ('CLSD', 'REJ')) AS OPEN_CLAIMS FROM ADJUSTER A ";

    @Override
    protected Adjuster map(ResultSet rs) throws SQLException {
        Adjuster a = new Adjuster();
        a.setAdjusterId(rs.getLong("ADJUSTER_ID"));
        a.setLogin(rs.getString("LOGIN"));
        a.setFullName(rs.getString("FULL_NAME"));
        a.setRegion(rs.getString("REGION"));
        a.setMaxOpen(rs.getInt("MAX_OPEN"));
        a.setAuthorityLimit(rs.getDouble("AUTHORITY_LIMIT"));
        a.setOpenClaims(rs.getInt("OPEN_CLAIMS"));
        return a;
    }

    public Adjuster find(long adjusterId) throws SQLException {
        return one(SELECT + "WHERE A.ADJUSTER_ID = ?", adjusterId);
    }

    public Adjuster findByLogin(String login) throws SQLException {
        return one(SELECT + "WHERE A.LOGIN = ?", login);
    }

    public List<Adjuster> findActive() throws SQLException {
        return list(SELECT + "WHERE A.ACTIVE_FLAG = 'Y' ORDER BY A.FULL_NAME");
    }

    public List<Adjuster> findByRegion(String region) throws SQLException {
        return list(SELECT + "WHERE A.ACTIVE_FLAG = 'Y' AND A.REGION = ? ORDER BY A.ADJUSTER_ID", region);
    }

    public void updateLimits(long adjusterId, int maxOpen, double limit) throws SQLException {
        DbUtil.update("UPDATE ADJUSTER SET MAX_OPEN = ?, AUTHORITY_LIMIT = ? WHERE ADJUSTER_ID = ?",
                maxOpen, limit, adjusterId);
    }
}
