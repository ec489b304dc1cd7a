package com.harborline.claims.web;

import java.io.IOException;
import java.util.Date;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Policy;
import com.harborline.claims.service.EndorsementService;
import com.harborline.claims.service.PolicyService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.Utils;

/**
 * Policy page with activate, cancel and renew.
 *
 * @author dok
 */
public class PolicyServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final PolicyService policies = new PolicyService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        long id = id(req, "id");
        if (isPost(req)) {
            String what = req.getParameter("what");
            if ("activate".equals(what)) {
                policies.activate(id, who(req));
            } else if ("renew".equals(what)) {
                policies.renew(id, who(req));
            } else if ("cancel".equals(what)) {
                Date day = Utils.parseDate(req.getParameter("day"));
                double back = policies.cancel(id, day == null ? Utils.today() : day, req.getParameter("reason"), who(req));
                req.setAttribute("message", "to pay back: " + Utils.fmtMoney(back));
            }
        }
        Policy p = policies.find(id);
        if (p == null) {
            throw new AppException("Y-404", "there is no policy " + id);
        }
        req.setAttribute("policy", p);
        req.setAttribute("holder", policies.holderOf(p));
        req.setAttribute("claims", ClaimDao.getInstance().findByPolicy(id));
        req.setAttribute("endorsements", new EndorsementService().endorsementsOf(id));
        req.setAttribute("archive", Config.get("archive.host", "http://intra-arch-02.harborline.internal:8090")
                + "/policy/" + p.getPolicyNo());
        return "policy";
    }
}
