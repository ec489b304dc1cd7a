package com.harborline.claims.web;

import java.io.IOException;

import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.RepairService;
import com.harborline.claims.util.AppException;

@WebServlet("/repair")
public class RepairServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        RepairService repairs = new RepairService();
        long claimId = id(req, "claimId");
        if (isPost(req)) {
            if ("import".equals(req.getParameter("what"))) {
                int n = repairs.importShops(req.getParameter("city"));
                req.setAttribute("message", n + " new shops");
                req.setAttribute("shops", repairs.shops(req.getParameter("city")));
                return "shops";
            }
            repairs.order(claimId, req.getParameter("shop"), req.getParameter("damage"), who(req));
            return "redirect:/claim?id=" + claimId;
        }
        req.setAttribute("claimId", claimId);
        req.setAttribute("orders", repairs.ordersOf(claimId));
        req.setAttribute("shops", repairs.shops(null));
        return "repair";
    }
}
