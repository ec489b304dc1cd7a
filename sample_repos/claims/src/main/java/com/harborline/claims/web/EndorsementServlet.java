package com.harborline.claims.web;

import java.io.IOException;
import java.util.Date;

import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.model.Endorsement;
import com.harborline.claims.service.EndorsementService;
import com.harborline.claims.service.PolicyService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

@WebServlet("/endorse")
public class EndorsementServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final EndorsementService endorsements = new EndorsementService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        long id = id(req, "id");
        if (isPost(req)) {
            Date effective = Utils.parseDate(req.getParameter("effective"));
            Endorsement e = endorsements.endorse(id, req.getParameter("kind"), req.getParameter("covCode"),
                    Utils.parseMoney(req.getParameter("value")), effective == null ? Utils.today() : effective, who(req));
            req.setAttribute("message", "difference " + Utils.fmtMoney(e.getPremiumDelta()));
        }
        req.setAttribute("policy", new PolicyService().find(id));
        req.setAttribute("endorsements", endorsements.endorsementsOf(id));
        return "endorsement";
    }
}
