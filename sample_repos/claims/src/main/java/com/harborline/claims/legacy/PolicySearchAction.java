package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Policy;
import com.harborline.claims.util.Utils;

/* rwk 12/2009 */
public class PolicySearchAction implements Action {

    public String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception {
        String sNo = req.getParameter("policyNo");
        if (!Utils.isEmpty(sNo)) {
            Policy pol = new PolicyDao().findByNo(sNo.trim());
            if (pol != null) {
                resp.sendRedirect(req.getContextPath() + "/policy?id=" + pol.getPolicyId());
                return null;
            }
            req.setAttribute("message", "There is no policy " + sNo);
        }
        if (!Utils.isEmpty(req.getParameter("text"))) {
            req.setAttribute("holders", PolicyholderDao.getInstance().search(req.getParameter("text")));
        }
        return "policySearch";
    }
}
