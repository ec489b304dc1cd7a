package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.util.Utils;

/* rwk 10/2009 */
public class LogoutServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    public void doGet(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        ClaimManager.getInstance().unlockAll(Utils.currentLogin(req));
        HttpSession ses = req.getSession(false);
        if (ses != null) {
            ses.invalidate();
        }
        resp.sendRedirect(req.getContextPath() + "/login");
    }
}
