package com.harborline.claims.service;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.UserDao;
import com.harborline.claims.model.User;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Users and roles. Passwords are md5 (CLM-2519: to be changed with the single
 * sign-on project, which never came).
 */
public class UserService implements IConstants {

    private final UserDao userDao = new UserDao();

    /** @return the user or null */
    public User login(String login, String password, String addr) {
        try {
            User usr = userDao.loadByLogin(Utils.nvl(login).trim().toLowerCase());
            if (usr == null || !usr.isActive()) {
                userDao.audit(login, "UNKNOWN", addr);
                return null;
            }
            if (!usr.getPwHash().equals(Utils.md5(Utils.nvl(password)))) {
                userDao.loginFailed(usr.getLogin(), usr.getFailedCount() + 1);
                userDao.audit(login, "FAILED", addr);
                return null;
            }
            userDao.loginOk(usr.getLogin());
            userDao.audit(login, "OK", addr);
            return usr;
        } catch (SQLException e) {
            Log.error("login " + login, e);
            return null;
        }
    }

    public List<User> all() {
        try {
            return userDao.loadAll();
        } catch (SQLException e) {
            Log.error("users", e);
            return new ArrayList<User>();
        }
    }

    /** New user. An adjuster gets his row in ADJUSTER at the same time. */
    public User create(String login, String fullName, String role, String region, String password, String who)
            throws AppException {
        if (Utils.isEmpty(login) || Utils.isEmpty(fullName)) {
            throw new AppException("U-101", "login and name are needed");
        }
        if (Utils.nvl(password).length() < 6) {
            throw new AppException("U-102", "password is too short");
        }
        try {
            if (userDao.loadByLogin(login.toLowerCase()) != null) {
                throw new AppException("U-103", "login exists");
            }
            User usr = new User();
            usr.setLogin(login.toLowerCase());
            usr.setFullName(fullName);
            usr.setRoleCode(role);
            usr.setPwHash(Utils.md5(password));
            userDao.insert(usr);
            if (ROLE_ADJUSTER.equals(role)) {
                DbUtil.update("INSERT INTO ADJUSTER (ADJUSTER_ID, LOGIN, FULL_NAME, REGION) VALUES (?,?,?,?)",
                        DbUtil.nextKey("ADJUSTER"), usr.getLogin(), fullName, Utils.nvl(region, "HQ"));
            }
            Utils.audit(who, "user created " + login, null);
            return usr;
        } catch (SQLException e) {
            throw new AppException("U-900", "user not saved", e);
        }
    }

    public void changePassword(String login, String password) throws AppException {
        if (Utils.nvl(password).length() < 6) {
            throw new AppException("U-102", "password is too short");
        }
        try {
            userDao.updatePassword(login, Utils.md5(password));
        } catch (SQLException e) {
            throw new AppException("U-901", "password not changed", e);
        }
    }

    public void changeRole(String login, String role, String who) throws AppException {
        try {
            userDao.updateRole(login, role);
            Utils.audit(who, "role of " + login + " is " + role, null);
        } catch (SQLException e) {
            throw new AppException("U-902", "role not changed", e);
        }
    }
}
