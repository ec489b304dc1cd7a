package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

import com.harborline.claims.model.User;
import com.harborline.claims.service.UserService;
import com.harborline.claims.util.IConstants;

/*
 * LoginServlet.java
 * rwk 10/2009
 */
public class LoginServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    public void doGet(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        req.getRequestDispatcher("/WEB-INF/jsp/login.jsp").forward(req, resp);
    }

    public void doPost(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        User usr = new UserService().login(req.getParameter("login"), req.getParameter("password"), req.getRemoteAddr());
        if (usr == null) {
            req.setAttribute("message", "Login or password is wrong");
            doGet(req, resp);
            return;
        }
        HttpSession ses = req.getSession(true);
        ses.setAttribute(IConstants.SES_USER, usr);
        ses.setMaxInactiveInterval(8 * 3600);
        System.out.println("login " + usr.getLogin() + " session " + ses.getId());
        resp.sendRedirect(req.getContextPath() + "/home");
    }
}
