<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.model.*" %>
<%@ include file="head.jsp" %>
<h1>Claims</h1>
<form action="<%= ctx %>/claimSearch.do">
<input type="hidden" name="search" value="1">
Number <input name="claimNo" value="<%= Utils.nvl(request.getParameter("claimNo")) %>">
Name <input name="name" value="<%= Utils.nvl(request.getParameter("name")) %>">
Status <input name="status" size="4"> <input type="submit" value="Search">
</form>
<%
  List lst = (List) request.getAttribute("claims");
  if (lst != null) {
    String q = "?search=1&name=" + Utils.nvl(request.getParameter("name"));
%>
<table>
<tr><th><a href="<%= q %>&order=C.CLAIM_NO">Claim</a></th><th>Policyholder</th>
<th><a href="<%= q %>&order=C.LOSS_DATE">Loss</a></th><th><a href="<%= q %>&order=C.STATUS">Status</a></th><th>Reserve</th></tr>
<% for (int i = 0; i < lst.size(); i++) { Claim clm = (Claim) lst.get(i); %>
<tr><td><a href="<%= ctx %>/claim?id=<%= clm.getClaimId() %>"><%= clm.getClaimNo() %></a></td>
<td><%= DbUtil.holderNameOfClaim(clm.getClaimId()) %></td>
<td><%= Utils.fmtDate(clm.getLossDate()) %></td><td><%= clm.getStatus() %></td>
<td><%= Utils.fmtMoney(DbUtil.sumReserves(clm.getClaimId())) %></td></tr>
<% } %>
</table>
<% } %>
<%@ include file="foot.jsp" %>
