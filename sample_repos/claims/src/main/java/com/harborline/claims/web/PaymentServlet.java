package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

import com.harborline.claims.model.Payment;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Payout in two pages: enter, confirm. Between them the payment is in the
 * session.
 *
 * @author dok
 */
public class PaymentServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final PaymentService payments = new PaymentService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        HttpSession ses = req.getSession(true);
        String what = Utils.nvl(req.getParameter("what"));
        if (isPost(req) && what.equals("enter")) {
            Payment p = new Payment();
            p.setClaimId(id(req, "claimId"));
            p.setPayeeId(id(req, "payeeId"));
            p.setReserveType(req.getParameter("type"));
            p.setMethod(req.getParameter("method"));
            p.setAmountCents(Utils.toCents(Utils.parseMoney(req.getParameter("amount"))));
            ses.setAttribute(IConstants.SES_PENDING_PAYMENT, p);
            return "paymentConfirm";
        }
        if (isPost(req) && what.equals("confirm")) {
            Payment p = (Payment) ses.getAttribute(IConstants.SES_PENDING_PAYMENT);
            if (p == null) {
                throw new AppException("P-111", "please enter the payment again");
            }
            ses.removeAttribute(IConstants.SES_PENDING_PAYMENT);
            payments.enter(p, who(req));
            return "redirect:/claim?id=" + p.getClaimId();
        }
        if (isPost(req) && (what.equals("approve") || what.equals("reject"))) {
            need(req, IConstants.ROLE_MANAGER);
            if (what.equals("approve")) {
                payments.approve(id(req, "id"), who(req));
            } else {
                payments.reject(id(req, "id"), who(req));
            }
            return "redirect:/payment";
        }
        if (req.getParameter("claimId") != null) {
            req.setAttribute("claimId", id(req, "claimId"));
            return "payment";
        }
        req.setAttribute("payments", payments.waiting());
        return "paymentsWaiting";
    }
}
