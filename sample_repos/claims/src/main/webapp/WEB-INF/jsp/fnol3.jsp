<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*, com.harborline.claims.legacy.HtmlBits" %>
<%@ include file="head.jsp" %>
<% FnolWizard wiz = (FnolWizard) session.getAttribute(IConstants.SES_WIZARD); %>
<h1>New claim 3/4: caller</h1>
<%= HtmlBits.errors(wiz.getErrors()) %>
<form method="post" action="<%= ctx %>/fnol">
<table>
<tr><td>Caller</td><td><input name="callerName" value="<%= Utils.html(wiz.getCallerName()) %>"></td></tr>
<tr><td>Phone</td><td><input name="callerPhone" value="<%= Utils.html(wiz.getCallerPhone()) %>"></td></tr>
<tr><td>Estimate</td><td><input name="firstEstimate"></td></tr>
<tr><td>Somebody hurt</td><td><input type="checkbox" name="injury"></td></tr>
</table>
<button name="what" value="back">Back</button> <input type="submit" value="Next">
</form>
<%@ include file="foot.jsp" %>
