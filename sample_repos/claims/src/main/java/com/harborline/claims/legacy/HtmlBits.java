package com.harborline.claims.legacy;

import java.util.List;

import com.harborline.claims.util.Utils;

/* rwk 12/2009, pieces of HTML for the pages */
public class HtmlBits {

    public static String select(String sName, String[][] aOptions, String sSelected) {
        StringBuffer sb = new StringBuffer("<select name=\"" + sName + "\">");
        for (int i = 0; i < aOptions.length; i++) {
            sb.append("<option value=\"").append(aOptions[i][0]).append("\"");
            if (aOptions[i][0].equals(sSelected)) {
                sb.append(" selected");
            }
            sb.append(">").append(Utils.html(aOptions[i][1])).append("</option>");
        }
        return sb.append("</select>").toString();
    }

    public static String errors(List<String> lst) {
        if (lst == null || lst.size() == 0) {
            return "";
        }
        StringBuffer sb = new StringBuffer("<ul class=\"err\">");
        for (int i = 0; i < lst.size(); i++) {
            sb.append("<li>").append(Utils.html(lst.get(i))).append("</li>");
        }
        return sb.append("</ul>").toString();
    }
}
