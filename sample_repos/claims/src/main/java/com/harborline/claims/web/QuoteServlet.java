package com.harborline.claims.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Policy;
import com.harborline.claims.service.PolicyService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/** tsm 2019 */
@WebServlet(urlPatterns = "/quote")
public class QuoteServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private static final String[] CODES = { IConstants.COV_LIAB, IConstants.COV_COLL, IConstants.COV_GLAS,
        IConstants.COV_FIRE, IConstants.COV_WATR };

    private final PolicyService policies = new PolicyService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        if (!isPost(req)) {
            req.setAttribute("codes", CODES);
            req.setAttribute("holderId", id(req, "holderId"));
            return "quote";
        }
        List<Coverage> coverages = new ArrayList<>();
        for (String code : CODES) {
            double sum = Utils.parseMoney(req.getParameter("sum_" + code));
            if (sum > 0) {
                Coverage c = new Coverage();
                c.setCovCode(code);
                c.setSumInsured(sum);
                c.setDeductible(Utils.parseMoney(req.getParameter("ded_" + code)));
                coverages.add(c);
            }
        }
        Date start = Utils.parseDate(req.getParameter("start"));
        Policy p = policies.quote(id(req, "holderId"), req.getParameter("product"),
                start == null ? Utils.today() : start, coverages, who(req));
        return "redirect:/policy?id=" + p.getPolicyId();
    }
}
