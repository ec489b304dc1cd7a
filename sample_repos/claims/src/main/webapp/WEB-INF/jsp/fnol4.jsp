<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*" %>
<%@ include file="head.jsp" %>
<% FnolWizard wiz = (FnolWizard) session.getAttribute(IConstants.SES_WIZARD); %>
<h1>New claim 4/4: check</h1>
<table>
<tr><td>Policy</td><td><%= wiz.getPolicyNo() %></td></tr>
<tr><td>Loss</td><td><%= Utils.fmtDate(wiz.getLossDate()) %> <%= wiz.getLossType() %> <%= Utils.html(wiz.getLossPlace()) %></td></tr>
<tr><td>Text</td><td><%= Utils.html(wiz.getDescription()) %></td></tr>
<tr><td>Caller</td><td><%= Utils.html(wiz.getCallerName()) %> <%= Utils.html(wiz.getCallerPhone()) %></td></tr>
<tr><td>Estimate</td><td><%= Utils.fmtMoney(wiz.getFirstEstimate()) %></td></tr>
</table>
<form method="post" action="<%= ctx %>/fnol">
<button name="what" value="back">Back</button> <input type="submit" value="Save claim">
</form>
<%@ include file="foot.jsp" %>
