package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.service.RepairService;

/* dok 2014, the servlets came later */
public class ShopListAction implements Action {

    public String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception {
        req.setAttribute("shops", new RepairService().shops(req.getParameter("city")));
        return "shops";
    }
}
