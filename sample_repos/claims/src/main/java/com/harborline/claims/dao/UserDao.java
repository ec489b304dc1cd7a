package com.harborline.claims.dao;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.model.User;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;

/*
 * UserDao.java
 * rwk 10/2009
 */
public class UserDao {

    public User loadByLogin(String sLogin) throws SQLException {
        List<User> lst = select("WHERE LOGIN = ?", sLogin);
        return lst.size() == 0 ? null : lst.get(0);
    }

    public List<User> loadAll() throws SQLException {
        return select("WHERE ? = 'x' ORDER BY LOGIN", "x");
    }

    private List<User> select(String sWhere, String sArg) throws SQLException {
        List<User> lst = new ArrayList<User>();
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        ResultSet rs = null;
        try {
            ps = con.prepareStatement("SELECT * FROM APP_USER " + sWhere);
            ps.setString(1, sArg);
            rs = ps.executeQuery();
            while (rs.next()) {
                User usr = new User();
                usr.setUserId(rs.getLong("USER_ID"));
                usr.setLogin(rs.getString("LOGIN"));
                usr.setPwHash(rs.getString("PW_HASH"));
                usr.setFullName(rs.getString("FULL_NAME"));
                usr.setRoleCode(rs.getString("ROLE_CODE"));
                usr.setActive("Y".equals(rs.getString("ACTIVE_FLAG")));
                usr.setFailedCount(rs.getInt("FAILED_COUNT"));
                usr.setLastLogin(rs.getTimestamp("LAST_LOGIN"));
                lst.add(usr);
            }
        } finally {
            DbUtil.close(rs, ps, con);
        }
        return lst;
    }

    public void insert(User usr) throws SQLException {
        usr.setUserId(DbUtil.nextKey("APP_USER"));
        DbUtil.update("INSERT INTO APP_USER (USER_ID, LOGIN, PW_HASH, FULL_NAME, ROLE_CODE) VALUES (?,?,?,?,?)",
                usr.getUserId(), usr.getLogin(), usr.getPwHash(), usr.getFullName(), usr.getRoleCode());
    }

    public void loginOk(String sLogin) throws SQLException {
        DbUtil.update("UPDATE APP_USER SET FAILED_COUNT = 0, LAST_LOGIN = ? WHERE LOGIN = ?", DbUtil.now(), sLogin);
    }

    public void loginFailed(String sLogin, int nCount) throws SQLException {
        DbUtil.update("UPDATE APP_USER SET FAILED_COUNT = ?, ACTIVE_FLAG = ? WHERE LOGIN = ?",
                nCount, nCount >= 5 ? "N" : "Y", sLogin);
    }

    public void updatePassword(String sLogin, String sHash) throws SQLException {
        DbUtil.update("UPDATE APP_USER SET PW_HASH = ?, FAILED_COUNT = 0, ACTIVE_FLAG = 'Y' WHERE LOGIN = ?",
                sHash, sLogin);
    }

    public void updateRole(String sLogin, String sRole) throws SQLException {
        DbUtil.update("UPDATE APP_USER SET ROLE_CODE = ? WHERE LOGIN = ?", sRole, sLogin);
    }

    public void audit(String sLogin, String sResult, String sAddr) throws SQLException {
        DbUtil.update("INSERT INTO LOGIN_AUDIT (AUDIT_ID, LOGIN, RESULT, REMOTE_ADDR, AT_TIME) VALUES (?,?,?,?,?)",
                DbUtil.nextKey("LOGIN_AUDIT"), sLogin, sResult, sAddr, DbUtil.now());
    }
}
