<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*, com.harborline.claims.legacy.HtmlBits" %>
<%@ include file="head.jsp" %>
<% Policyholder ph = (Policyholder) request.getAttribute("holder"); %>
<h1>Policyholder</h1>
<form method="post" action="<%= ctx %>/holder">
<input type="hidden" name="id" value="<%= ph.getHolderId() %>">
<table>
<tr><td>Name</td><td><input name="lastName" value="<%= Utils.html(ph.getLastName()) %>">
<input name="firstName" value="<%= Utils.html(ph.getFirstName()) %>"></td></tr>
<tr><td>Company</td><td><input name="companyName" value="<%= Utils.html(ph.getCompanyName()) %>"></td></tr>
<tr><td>Street</td><td><input name="street" value="<%= Utils.html(ph.getStreet()) %>"></td></tr>
<tr><td>City</td><td><input name="postcode" value="<%= Utils.html(ph.getPostcode()) %>">
<input name="city" value="<%= Utils.html(ph.getCity()) %>"></td></tr>
<tr><td>Phone</td><td><input name="phone" value="<%= Utils.html(ph.getPhone()) %>"></td></tr>
<tr><td>Mail</td><td><input name="email" value="<%= Utils.html(ph.getEmail()) %>"></td></tr>
<tr><td>Born</td><td><input name="birthDate" value="<%= Utils.fmtDate(ph.getBirthDate()) %>"></td></tr>
<tr><td>Risk</td><td><%= HtmlBits.select("riskClass", new String[][] { { "A", "good" }, { "B", "normal" }, { "C", "bad" }, { "D", "very bad" } }, Utils.nvl(ph.getRiskClass(), "B")) %></td></tr>
</table>
<input type="submit" value="Save">
</form>
<%@ include file="foot.jsp" %>
