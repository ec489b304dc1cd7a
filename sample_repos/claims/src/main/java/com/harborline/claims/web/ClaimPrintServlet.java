package com.harborline.claims.web;

import java.io.IOException;
import java.io.PrintWriter;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Utils;

/*
 * ClaimPrintServlet.java
 * rwk 07/2010
 * Print view for the paper file. Mapping was taken out with the new web.xml (2015).
 */
public class ClaimPrintServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    public void doGet(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        long lId = Utils.toLong(req.getParameter("id"));
        resp.setContentType("text/html");
        PrintWriter out = resp.getWriter();
        out.println("<html><body onload=\"window.print()\">");
        out.println("<h1>" + DbUtil.claimNo(lId) + "</h1>");
        out.println(ClaimManager.getInstance().summaryHtml(lId));
        out.println("</body></html>");
    }
}
