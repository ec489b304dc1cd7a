package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/** Start page: own claims and the diary, the board for managers. */
public class HomeServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        ClaimManager cm = ClaimManager.getInstance();
        req.setAttribute("claims", cm.worklist(who(req)));
        req.setAttribute("diary", cm.dueDiary(who(req), Utils.today()));
        if (Utils.hasRole(Utils.currentUser(req), IConstants.ROLE_MANAGER)) {
            req.setAttribute("dashboard", cm.dashboard());
        }
        return "home";
    }
}
