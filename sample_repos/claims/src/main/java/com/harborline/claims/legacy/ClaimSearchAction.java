package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.ClaimDao;

/* rwk 05/2011 */
public class ClaimSearchAction implements Action {

    public String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception {
        if (req.getParameter("search") != null) {
            req.setAttribute("claims", ClaimDao.getInstance().search(req.getParameter("claimNo"),
                    req.getParameter("name"), req.getParameter("status"), req.getParameter("order")));
        }
        return "claimSearch";
    }
}
