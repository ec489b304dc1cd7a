package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.UserService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;

@WebServlet("/users")
public class UserAdminServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final UserService users = new UserService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        need(req, IConstants.ROLE_ADMIN);
        if (isPost(req)) {
            String what = req.getParameter("what");
            if ("create".equals(what)) {
                users.create(req.getParameter("login"), req.getParameter("fullName"), req.getParameter("role"),
                        req.getParameter("region"), req.getParameter("password"), who(req));
            } else if ("password".equals(what)) {
                users.changePassword(req.getParameter("login"), req.getParameter("password"));
            } else if ("role".equals(what)) {
                users.changeRole(req.getParameter("login"), req.getParameter("role"), who(req));
            }
            return "redirect:/users";
        }
        req.setAttribute("users", users.all());
        return "users";
    }
}
