package com.harborline.claims.util;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/*
 * DbUtil.java
 * rwk 11/2009
 *
 * Everything around the database that is needed in more than one place.
 *
 * 04/2010  nextKey
 * 03/2012  code tables are kept in memory (CLM-0512)
 * 05/2013  callRecalc for the procedure of the DBA
 * 10/2015  dok  queryRows
 */
public class DbUtil {

    private static final Map<String, String> s_mapHolderNames = new HashMap<String, String>();

    // ------------------------------------------------------------ closing

    public static void close(ResultSet rs) {
        if (rs != null) {
            try {
                rs.close();
            } catch (SQLException e) {
                // nothing to do
            }
        }
    }

    public static void close(Statement st) {
        if (st != null) {
            try {
                st.close();
            } catch (SQLException e) {
                // nothing to do
            }
        }
    }

    public static void close(ResultSet rs, Statement st, Connection con) {
        close(rs);
        close(st);
        ConnectionManager.release(con);
    }

    // ------------------------------------------------------------ keys

    /**
     * Next key of a table. Reads and writes in two statements, the second
     * clerk gets the same number when both are quick enough (CLM-0604: the
     * primary key stops it, they press the button again).
     */
    public static long nextKey(String sName) throws SQLException {
        Connection con = ConnectionManager.getConnection();
        Statement st = null;
        ResultSet rs = null;
        try {
            st = con.createStatement();
            rs = st.executeQuery("SELECT LAST_KEY FROM KEY_TABLE WHERE KEY_NAME = '" + sName + "'");
            long lKey;
            if (rs.next()) {
                lKey = rs.getLong(1) + 1;
                st.executeUpdate("UPDATE KEY_TABLE SET LAST_KEY = " + lKey + " WHERE KEY_NAME = '" + sName + "'");
            } else {
                lKey = 1;
                st.executeUpdate("INSERT INTO KEY_TABLE (KEY_NAME, LAST_KEY) VALUES ('" + sName + "', 1)");
            }
            return lKey;
        } finally {
            close(rs, st, con);
        }
    }

    // ------------------------------------------------------------ queries

    public static String queryString(String sSql) {
        Connection con = null;
        Statement st = null;
        ResultSet rs = null;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            rs = st.executeQuery(sSql);
            return rs.next() ? rs.getString(1) : null;
        } catch (SQLException e) {
            Log.error("queryString " + sSql, e);
            return null;
        } finally {
            close(rs, st, con);
        }
    }

    public static long queryLong(String sSql) {
        String s = queryString(sSql);
        if (s == null) {
            return 0;
        }
        try {
            return (long) Double.parseDouble(s);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    public static double queryDouble(String sSql) {
        String s = queryString(sSql);
        if (s == null) {
            return 0;
        }
        try {
            return Double.parseDouble(s);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    public static boolean exists(String sSql) {
        return queryString(sSql) != null;
    }

    /** Insert, update, delete. -1 when it failed, look into the log. */
    public static int exec(String sSql) {
        Connection con = null;
        Statement st = null;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            return st.executeUpdate(sSql);
        } catch (SQLException e) {
            Log.error("exec " + sSql, e);
            return -1;
        } finally {
            close(null, st, con);
        }
    }

    /**
     * Rows as maps, keys are the column labels in upper case.
     *
     * @param sql  statement with question marks
     * @param args values for the question marks
     * @return rows in the order of the statement
     * @throws SQLException when the statement fails
     */
    public static List<Map<String, Object>> queryRows(String sql, Object... args) throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<Map<String, Object>>();
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        ResultSet rs = null;
        try {
            ps = con.prepareStatement(sql);
            setArgs(ps, args);
            rs = ps.executeQuery();
            ResultSetMetaData md = rs.getMetaData();
            while (rs.next()) {
                Map<String, Object> row = new LinkedHashMap<String, Object>();
                for (int i = 1; i <= md.getColumnCount(); i++) {
                    row.put(md.getColumnLabel(i).toUpperCase(), rs.getObject(i));
                }
                rows.add(row);
            }
        } finally {
            close(rs, ps, con);
        }
        return rows;
    }

    public static int update(String sql, Object... args) throws SQLException {
        Connection con = ConnectionManager.getConnection();
        try {
            return update(con, sql, args);
        } finally {
            ConnectionManager.release(con);
        }
    }

    public static int update(Connection con, String sql, Object... args) throws SQLException {
        PreparedStatement ps = null;
        try {
            ps = con.prepareStatement(sql);
            setArgs(ps, args);
            return ps.executeUpdate();
        } finally {
            close(ps);
        }
    }

    private static void setArgs(PreparedStatement ps, Object[] args) throws SQLException {
        for (int i = 0; i < args.length; i++) {
            Object o = args[i];
            if (o == null) {
                ps.setNull(i + 1, Types.VARCHAR);
            } else if (o instanceof java.sql.Date || o instanceof Timestamp) {
                ps.setObject(i + 1, o);
            } else if (o instanceof Date) {
                ps.setTimestamp(i + 1, new Timestamp(((Date) o).getTime()));
            } else {
                ps.setObject(i + 1, o);
            }
        }
    }

    public static java.sql.Date sqlDate(Date d) {
        return d == null ? null : new java.sql.Date(d.getTime());
    }

    public static Timestamp now() {
        return new Timestamp(System.currentTimeMillis());
    }

    /** Doubles the quotes. Not used everywhere (CLM-2519). */
    public static String quote(String s) {
        if (s == null) {
            return "NULL";
        }
        return "'" + s.replace("'", "''") + "'";
    }

    /** Oracle says 'Oracle', the test box says 'H2'. */
    public static boolean isOracle(Connection con) {
        try {
            return con.getMetaData().getDatabaseProductName().toUpperCase().indexOf("ORACLE") >= 0;
        } catch (SQLException e) {
            return false;
        }
    }

    // ------------------------------------------------------------ procedure

    /**
     * Calls the procedure of the DBA and returns the open amount. On a
     * database without the package the same is done in SQL (tests, notebook
     * of dok). Both ways must be changed together!
     */
    public static double callRecalc(long lClaimId, String sWho) throws SQLException {
        Connection con = ConnectionManager.getConnection();
        CallableStatement cs = null;
        try {
            if (isOracle(con)) {
                cs = con.prepareCall("{call PKG_RESERVE.RECALC_CLAIM(?, ?, ?)}");
                cs.setLong(1, lClaimId);
                cs.setString(2, sWho);
                cs.registerOutParameter(3, Types.NUMERIC);
                cs.execute();
                return cs.getDouble(3);
            }
        } finally {
            close(null, cs, con);
        }
        update("UPDATE CLAIM_RESERVE SET PAID_AMOUNT = (SELECT COALESCE(SUM(P.AMOUNT_CENTS), 0) / 100.0 FROM PAYMENT P"
                + " WHERE P.CLAIM_ID = CLAIM_RESERVE.CLAIM_ID AND P.RESERVE_TYPE = CLAIM_RESERVE.RESERVE_TYPE"
                + " AND P.STATUS IN ('APPR', 'SENT', 'PAID', 'REVD')), UPDATED_ON = ?, UPDATED_BY = ?"
                + " WHERE CLAIM_ID = ?", now(), sWho, Long.valueOf(lClaimId));
        update("UPDATE CLAIM SET PAID_TOTAL = (SELECT COALESCE(SUM(R.PAID_AMOUNT), 0) FROM CLAIM_RESERVE R"
                + " WHERE R.CLAIM_ID = CLAIM.CLAIM_ID) WHERE CLAIM_ID = ?", Long.valueOf(lClaimId));
        return queryDouble("SELECT COALESCE(SUM(AMOUNT - PAID_AMOUNT), 0) FROM CLAIM_RESERVE WHERE CLAIM_ID = " + lClaimId);
    }

    // ------------------------------------------------------------ short cuts
    // from here on it is not 'database' any more, but everybody uses it

    public static String policyStatus(String sPolicyNo) {
        return queryString("SELECT STATUS FROM POLICY WHERE POLICY_NO = '" + sPolicyNo + "'");
    }

    public static double sumReserves(long lClaimId) {
        return queryDouble("SELECT SUM(AMOUNT) FROM CLAIM_RESERVE WHERE CLAIM_ID = " + lClaimId);
    }

    public static double sumPaid(long lClaimId) {
        return queryDouble("SELECT SUM(AMOUNT_CENTS) / 100.0 FROM PAYMENT WHERE CLAIM_ID = " + lClaimId
                + " AND STATUS IN ('APPR', 'SENT', 'PAID', 'REVD')");
    }

    public static String claimNo(long lClaimId) {
        return queryString("SELECT CLAIM_NO FROM CLAIM WHERE CLAIM_ID = " + lClaimId);
    }

    /** Name for the head line of every claim page, kept until the restart. */
    public static String holderNameOfClaim(long lClaimId) {
        String sKey = "c" + lClaimId;
        synchronized (s_mapHolderNames) {
            String sName = s_mapHolderNames.get(sKey);
            if (sName == null) {
                sName = queryString("SELECT COALESCE(H.COMPANY_NAME, H.LAST_NAME) FROM CLAIM C, POLICY P, POLICYHOLDER H"
                        + " WHERE C.POLICY_ID = P.POLICY_ID AND P.HOLDER_ID = H.HOLDER_ID AND C.CLAIM_ID = " + lClaimId);
                if (sName != null) {
                    s_mapHolderNames.put(sKey, sName);
                }
            }
            return sName;
        }
    }

    public static void clearCaches() {
        synchronized (s_mapHolderNames) {
            s_mapHolderNames.clear();
        }
    }
}
