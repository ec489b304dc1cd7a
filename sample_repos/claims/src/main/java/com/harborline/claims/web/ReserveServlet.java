package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

public class ReserveServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        long id = id(req, "claimId");
        ReserveService reserves = ReserveService.getInstance();
        if (isPost(req)) {
            need(req, IConstants.ROLE_ADJUSTER);
            reserves.setReserve(id, req.getParameter("type"), Utils.parseMoney(req.getParameter("amount")), who(req));
        }
        req.setAttribute("claimId", id);
        req.setAttribute("reserves", reserves.reservesOf(id));
        req.setAttribute("open", Utils.fmtMoney(reserves.openAmount(id)));
        return "reserve";
    }
}
