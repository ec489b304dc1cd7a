package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.model.User;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Base of the servlets since 2014: GET and POST are the same, errors go to
 * error.jsp.
 *
 * @author dok
 */
public abstract class BaseServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** @return name of the JSP, "redirect:/path" or null when the answer is written */
    protected abstract String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException;

    @Override
    public void doGet(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        String page;
        try {
            page = handle(req, resp);
        } catch (AppException e) {
            Log.warn(e.getCode() + " " + e.getMessage());
            req.setAttribute("code", e.getCode());
            req.setAttribute("message", e.getMessage());
            page = "error";
        }
        if (page == null) {
            return;
        }
        if (page.startsWith("redirect:")) {
            resp.sendRedirect(req.getContextPath() + page.substring(9));
        } else {
            req.getRequestDispatcher("/WEB-INF/jsp/" + page + ".jsp").forward(req, resp);
        }
    }

    @Override
    public void doPost(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        doGet(req, resp);
    }

    protected long id(HttpServletRequest req, String name) {
        return Utils.toLong(req.getParameter(name));
    }

    protected String who(HttpServletRequest req) {
        return Utils.currentLogin(req);
    }

    protected void need(HttpServletRequest req, String role) throws AppException {
        User usr = Utils.currentUser(req);
        if (!Utils.hasRole(usr, role)) {
            throw new AppException("X-403", "you need the role " + role);
        }
    }

    protected boolean isPost(HttpServletRequest req) {
        return "POST".equals(req.getMethod());
    }
}
