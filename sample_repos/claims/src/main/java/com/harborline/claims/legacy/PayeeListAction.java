package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.PayeeDao;

/* rwk 02/2012 */
public class PayeeListAction implements Action {

    public String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception {
        req.setAttribute("payees", new PayeeDao().search(req.getParameter("name")));
        return "payees";
    }
}
