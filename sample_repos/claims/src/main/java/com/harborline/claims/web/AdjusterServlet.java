package com.harborline.claims.web;

import java.io.IOException;
import java.sql.SQLException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.AdjusterDao;
import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.service.AssignmentService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

public class AdjusterServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final AdjusterDao adjusterDao = new AdjusterDao();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        try {
            if (isPost(req)) {
                need(req, IConstants.ROLE_MANAGER);
                String what = req.getParameter("what");
                if ("reassign".equals(what)) {
                    new AssignmentService().reassign(id(req, "claimId"), id(req, "adjusterId"), who(req));
                    return "redirect:/claim?id=" + id(req, "claimId");
                }
                if ("transfer".equals(what)) {
                    int n = ClaimManager.getInstance().transferAll(id(req, "from"), id(req, "to"), who(req));
                    req.setAttribute("message", n + " claims transferred");
                } else {
                    adjusterDao.updateLimits(id(req, "adjusterId"), (int) id(req, "maxOpen"),
                            Utils.parseMoney(req.getParameter("limit")));
                }
            }
            req.setAttribute("adjusters", adjusterDao.findActive());
            return "adjusters";
        } catch (SQLException e) {
            throw new AppException("A-901", "adjusters not read", e);
        }
    }
}
