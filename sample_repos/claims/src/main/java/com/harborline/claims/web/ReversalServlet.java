package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.model.Payment;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.service.ReversalService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;

@WebServlet(name = "reversal", urlPatterns = { "/reversal" })
public class ReversalServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        need(req, IConstants.ROLE_CASHIER);
        if (isPost(req)) {
            Payment back = new ReversalService().reverse(id(req, "id"), req.getParameter("reason"), who(req));
            return "redirect:/claim?id=" + back.getClaimId();
        }
        req.setAttribute("payment", new PaymentService().find(id(req, "id")));
        return "reversal";
    }
}
