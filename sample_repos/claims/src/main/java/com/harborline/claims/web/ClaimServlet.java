package com.harborline.claims.web;

import java.io.IOException;
import java.util.Date;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.legacy.ClaimManager;
import com.harborline.claims.model.Claim;
import com.harborline.claims.service.ClaimService;
import com.harborline.claims.service.DocumentService;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.service.RepairService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/*
 * ClaimServlet.java
 * rwk 01/2010
 * The claim page. Parts of all others are shown on it.
 */
public class ClaimServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        ClaimService svc = new ClaimService();
        ClaimManager cm = ClaimManager.getInstance();
        long lId = id(req, "id");
        String sWho = who(req);
        String sWhat = Utils.nvl(req.getParameter("what"));
        if (isPost(req)) {
            String sOther = cm.lock(lId, sWho);
            if (sOther != null) {
                throw new AppException("C-501", sOther + " is working on this claim");
            }
            if (sWhat.equals("note")) {
                svc.addNote(lId, req.getParameter("text"), sWho);
            } else if (sWhat.equals("status")) {
                svc.changeStatus(lId, req.getParameter("status"), sWho);
            } else if (sWhat.equals("diary")) {
                Date dDue = Utils.parseDate(req.getParameter("due"));
                cm.addDiary(lId, dDue == null ? Utils.addDays(Utils.today(), 7) : dDue, req.getParameter("text"), sWho);
            } else if (sWhat.equals("totalLoss")) {
                need(req, IConstants.ROLE_ADJUSTER);
                cm.totalLoss(lId, Utils.parseMoney(req.getParameter("value")), sWho);
            } else if (sWhat.equals("quickPay")) {
                need(req, IConstants.ROLE_ADJUSTER);
                cm.quickPay(lId, req.getParameter("payee"), Utils.parseMoney(req.getParameter("amount")), sWho);
            } else if (sWhat.equals("merge")) {
                need(req, IConstants.ROLE_MANAGER);
                cm.merge(lId, id(req, "other"), sWho);
            } else if (sWhat.equals("address")) {
                cm.updateHolderAddress(lId, req.getParameter("street"), req.getParameter("city"),
                        req.getParameter("postcode"), sWho);
            }
        }
        Claim clm = svc.find(lId);
        req.getSession(true).setAttribute(IConstants.SES_LAST_CLAIM, new Long(lId));
        req.setAttribute("claim", clm);
        req.setAttribute("summary", cm.summaryHtml(lId));
        req.setAttribute("notes", svc.notes(lId));
        req.setAttribute("documents", new DocumentService().documentsOf(lId));
        req.setAttribute("payments", new PaymentService().paymentsOf(lId));
        req.setAttribute("repairs", new RepairService().ordersOf(lId));
        return "claim";
    }
}
