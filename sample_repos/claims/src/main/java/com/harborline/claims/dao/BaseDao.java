package com.harborline.claims.dao;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;

/**
 * Base of the DAOs since 2014. The old ones (policyholder, claim search) do
 * not extend it yet.
 *
 * @param <T> bean of the table
 */
public abstract class BaseDao<T> {

    /** One row into one bean. */
    protected abstract T map(ResultSet rs) throws SQLException;

    protected List<T> list(String sql, Object... args) throws SQLException {
        List<T> result = new ArrayList<T>();
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        ResultSet rs = null;
        try {
            ps = con.prepareStatement(sql);
            for (int i = 0; i < args.length; i++) {
                ps.setObject(i + 1, args[i]);
            }
            rs = ps.executeQuery();
            while (rs.next()) {
                result.add(map(rs));
            }
        } finally {
            DbUtil.close(rs, ps, con);
        }
        return result;
    }

    protected T one(String sql, Object... args) throws SQLException {
        List<T> rows = list(sql, args);
        return rows.isEmpty() ? null : rows.get(0);
    }
}
