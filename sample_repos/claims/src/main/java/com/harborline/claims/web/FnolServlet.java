package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

import com.harborline.claims.model.Claim;
import com.harborline.claims.model.FnolWizard;
import com.harborline.claims.service.ClaimService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/*
 * FnolServlet.java
 * rwk 09/2011
 * First notice of loss in four pages. The wizard is in the session.
 */
public class FnolServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private static final String[] PAGES = { "", "fnol1", "fnol2", "fnol3", "fnol4" };

    private ClaimService m_svc = new ClaimService();

    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        HttpSession ses = req.getSession(true);
        FnolWizard wiz = (FnolWizard) ses.getAttribute(IConstants.SES_WIZARD);
        if (wiz == null || "new".equals(req.getParameter("what"))) {
            wiz = new FnolWizard();
            wiz.setStep(1);
            wiz.setPolicyNo(req.getParameter("policyNo"));
            ses.setAttribute(IConstants.SES_WIZARD, wiz);
            return PAGES[1];
        }
        if (isPost(req)) {
            if ("back".equals(req.getParameter("what"))) {
                wiz.setStep(Math.max(1, wiz.getStep() - 1));
                wiz.getErrors().clear();
                return PAGES[wiz.getStep()];
            }
            switch (wiz.getStep()) {
            case 1:
                wiz.setPolicyNo(Utils.nvl(req.getParameter("policyNo")).trim());
                break;
            case 2:
                wiz.setLossDate(Utils.parseDate(req.getParameter("lossDate")));
                wiz.setLossType(req.getParameter("lossType"));
                wiz.setLossPlace(req.getParameter("lossPlace"));
                wiz.setDescription(req.getParameter("description"));
                break;
            case 3:
                wiz.setCallerName(req.getParameter("callerName"));
                wiz.setCallerPhone(req.getParameter("callerPhone"));
                wiz.setFirstEstimate(Utils.parseMoney(req.getParameter("firstEstimate")));
                wiz.setInjury(req.getParameter("injury") != null);
                break;
            default:
                Claim clm = m_svc.register(wiz, who(req));
                ses.removeAttribute(IConstants.SES_WIZARD);
                return "redirect:/claim?id=" + clm.getClaimId();
            }
            if (m_svc.checkStep(wiz)) {
                wiz.setStep(wiz.getStep() + 1);
            }
        }
        return PAGES[wiz.getStep()];
    }
}
