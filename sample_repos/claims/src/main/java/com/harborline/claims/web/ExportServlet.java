package com.harborline.claims.web;

import java.io.File;
import java.io.IOException;
import java.util.Date;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.ReportService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/** Writes the file on the server, the user fetches it from the share. */
public class ExportServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        need(req, IConstants.ROLE_MANAGER);
        Date to = Utils.parseDate(req.getParameter("to"));
        Date from = Utils.parseDate(req.getParameter("from"));
        to = to == null ? Utils.today() : to;
        from = from == null ? Utils.addYears(to, -1) : from;
        File f = new ReportService().export(req.getParameter("report"), from, to, who(req));
        req.setAttribute("message", "written: " + f.getPath());
        return "reports";
    }
}
