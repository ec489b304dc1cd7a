package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.PaymentService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;

public class ChequeServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        need(req, IConstants.ROLE_CASHIER);
        req.setAttribute("text", new PaymentService().issueCheque(id(req, "id"), who(req)));
        return "cheque";
    }
}
