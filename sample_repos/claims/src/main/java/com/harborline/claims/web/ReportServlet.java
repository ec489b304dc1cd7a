package com.harborline.claims.web;

import java.io.IOException;
import java.util.Date;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.ReportService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Reports on the screen.
 *
 * @author dok
 */
public class ReportServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final ReportService reports = new ReportService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        need(req, IConstants.ROLE_MANAGER);
        String report = req.getParameter("report");
        if (report == null) {
            return "reports";
        }
        Date to = Utils.parseDate(req.getParameter("to"));
        Date from = Utils.parseDate(req.getParameter("from"));
        to = to == null ? Utils.today() : to;
        from = from == null ? Utils.addYears(to, -1) : from;
        req.setAttribute("from", from);
        req.setAttribute("to", to);
        if (ReportService.LOSS_RATIO.equals(report)) {
            req.setAttribute("rows", reports.lossRatio(from, to));
            return "lossRatio";
        }
        req.setAttribute("report", report);
        req.setAttribute("rows", reports.rows(report, from, to));
        return "reportTable";
    }
}
