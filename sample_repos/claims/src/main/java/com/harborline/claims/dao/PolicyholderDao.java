package com.harborline.claims.dao;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.model.Policyholder;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/*
 * PolicyholderDao.java
 * rwk 11/2009
 *
 * 08/2010  search by phone
 * 02/2013  company names
 */
public class PolicyholderDao {

    private static PolicyholderDao s_instance = new PolicyholderDao();

    public static PolicyholderDao getInstance() {
        return s_instance;
    }

    public Policyholder load(long lHolderId) {
        List<Policyholder> lst = select("WHERE HOLDER_ID = " + lHolderId);
        return lst.size() == 0 ? null : lst.get(0);
    }

    public Policyholder loadByNo(String sHolderNo) {
        List<Policyholder> lst = select("WHERE HOLDER_NO = '" + sHolderNo + "'");
        return lst.size() == 0 ? null : lst.get(0);
    }

    /** Name, city or phone, as typed in the search field. */
    public List<Policyholder> search(String sText) {
        if (Utils.isEmpty(sText)) {
            return new ArrayList<Policyholder>();
        }
        String sLike = "'%" + sText.toUpperCase() + "%'";
        String sWhere = "WHERE UPPER(LAST_NAME) LIKE " + sLike
                + " OR UPPER(COMPANY_NAME) LIKE " + sLike
                + " OR UPPER(CITY) LIKE " + sLike
                + " OR PHONE LIKE '%" + sText + "%'";
        return select(sWhere + " ORDER BY LAST_NAME, FIRST_NAME");
    }

    private List<Policyholder> select(String sWhere) {
        List<Policyholder> lst = new ArrayList<Policyholder>();
        Connection con = null;
        Statement st = null;
        ResultSet rs = null;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            st.setMaxRows(IConstants.MAX_ROWS);
            rs = st.executeQuery("SELECT * FROM POLICYHOLDER " + sWhere);
            while (rs.next()) {
                Policyholder ph = new Policyholder();
                ph.setHolderId(rs.getLong("HOLDER_ID"));
                ph.setHolderNo(rs.getString("HOLDER_NO"));
                ph.setLastName(rs.getString("LAST_NAME"));
                ph.setFirstName(rs.getString("FIRST_NAME"));
                ph.setCompanyName(rs.getString("COMPANY_NAME"));
                ph.setStreet(rs.getString("STREET"));
                ph.setCity(rs.getString("CITY"));
                ph.setPostcode(rs.getString("POSTCODE"));
                ph.setPhone(rs.getString("PHONE"));
                ph.setEmail(rs.getString("EMAIL"));
                ph.setBirthDate(rs.getDate("BIRTH_DATE"));
                ph.setRiskClass(rs.getString("RISK_CLASS"));
                lst.add(ph);
            }
        } catch (SQLException e) {
            // an empty list is better than the error page (rwk)
            Log.error("policyholder " + sWhere, e);
        } finally {
            DbUtil.close(rs, st, con);
        }
        return lst;
    }

    public long insert(Policyholder ph) throws SQLException {
        long lId = DbUtil.nextKey("POLICYHOLDER");
        ph.setHolderId(lId);
        if (Utils.isEmpty(ph.getHolderNo())) {
            ph.setHolderNo("H" + Utils.padLeft(String.valueOf(lId), 8, '0'));
        }
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        try {
            ps = con.prepareStatement("INSERT INTO POLICYHOLDER (HOLDER_ID, HOLDER_NO, LAST_NAME, FIRST_NAME,"
                    + " COMPANY_NAME, STREET, CITY, POSTCODE, PHONE, EMAIL, BIRTH_DATE, RISK_CLASS, CREATED_ON)"
                    + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
            ps.setLong(1, lId);
            ps.setString(2, ph.getHolderNo());
            ps.setString(3, ph.getLastName());
            ps.setString(4, ph.getFirstName());
            ps.setString(5, ph.getCompanyName());
            ps.setString(6, ph.getStreet());
            ps.setString(7, ph.getCity());
            ps.setString(8, ph.getPostcode());
            ps.setString(9, ph.getPhone());
            ps.setString(10, ph.getEmail());
            ps.setDate(11, DbUtil.sqlDate(ph.getBirthDate()));
            ps.setString(12, Utils.nvl(ph.getRiskClass(), "B"));
            ps.setTimestamp(13, DbUtil.now());
            ps.executeUpdate();
        } finally {
            DbUtil.close(null, ps, con);
        }
        return lId;
    }

    public int update(Policyholder ph) throws SQLException {
        return DbUtil.update("UPDATE POLICYHOLDER SET LAST_NAME = ?, FIRST_NAME = ?, COMPANY_NAME = ?, STREET = ?,"
                + " CITY = ?, POSTCODE = ?, PHONE = ?, EMAIL = ?, RISK_CLASS = ? WHERE HOLDER_ID = ?",
                ph.getLastName(), ph.getFirstName(), ph.getCompanyName(), ph.getStreet(), ph.getCity(),
                ph.getPostcode(), ph.getPhone(), ph.getEmail(), Utils.nvl(ph.getRiskClass(), "B"),
                Long.valueOf(ph.getHolderId()));
    }
}
