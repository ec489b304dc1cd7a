package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Page of the front controller. One instance for all users, no fields!
 */
public interface Action {

    /** @return name of the JSP without folder and suffix */
    String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception;
}
