package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.service.PolicyService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class HolderServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final PolicyService policies = new PolicyService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        long id = id(req, "id");
        Policyholder h = id == 0 ? new Policyholder() : PolicyholderDao.getInstance().load(id);
        if (h == null) {
            throw new AppException("Y-405", "there is no policyholder " + id);
        }
        if (isPost(req)) {
            h.setLastName(req.getParameter("lastName"));
            h.setFirstName(req.getParameter("firstName"));
            h.setCompanyName(req.getParameter("companyName"));
            h.setStreet(req.getParameter("street"));
            h.setCity(req.getParameter("city"));
            h.setPostcode(req.getParameter("postcode"));
            h.setPhone(req.getParameter("phone"));
            h.setEmail(req.getParameter("email"));
            h.setRiskClass(req.getParameter("riskClass"));
            if (h.getBirthDate() == null) {
                h.setBirthDate(Utils.parseDate(req.getParameter("birthDate")));
            }
            return "redirect:/holder?id=" + policies.saveHolder(h);
        }
        req.setAttribute("holder", h);
        if (id != 0) {
            req.setAttribute("policies", policies.policiesOf(id));
        }
        return req.getParameter("edit") != null || id == 0 ? "holderEdit" : "holder";
    }
}
