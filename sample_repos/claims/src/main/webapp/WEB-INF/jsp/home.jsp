<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.model.*" %>
<%@ include file="head.jsp" %>
<h1>My claims</h1>
<table>
<tr><th>Claim</th><th>Loss</th><th>Type</th><th>Status</th><th>Days</th></tr>
<%
  List lst = (List) request.getAttribute("claims");
  for (int i = 0; lst != null && i < lst.size(); i++) {
    Claim clm = (Claim) lst.get(i);
%>
<tr><td><a href="<%= ctx %>/claim?id=<%= clm.getClaimId() %>"><%= clm.getClaimNo() %></a></td>
<td><%= Utils.fmtDate(clm.getLossDate()) %></td><td><%= clm.getLossType() %></td>
<td><%= clm.getStatus() %></td><td><%= Utils.claimAge(clm) %></td></tr>
<% } %>
</table>
<h2>Diary</h2>
<ul>
<%
  Map map = (Map) request.getAttribute("diary");
  if (map != null) for (Iterator it = map.entrySet().iterator(); it.hasNext();) {
    Map.Entry e = (Map.Entry) it.next();
%>
<li><%= e.getKey() %> <%= Utils.html((String) e.getValue()) %></li>
<% } %>
</ul>
<%
  Map dash = (Map) request.getAttribute("dashboard");
  if (dash != null) {
%>
<h2>All adjusters</h2>
<table><tr><th>Adjuster</th><th>new</th><th>open</th><th>waiting</th><th>reopened</th></tr>
<% for (Iterator it = dash.entrySet().iterator(); it.hasNext();) {
     Map.Entry e = (Map.Entry) it.next();
     int[] an = (int[]) e.getValue(); %>
<tr><td><%= e.getKey() %></td><td><%= an[0] %></td><td><%= an[1] %></td><td><%= an[2] %></td><td><%= an[3] %></td></tr>
<% } %>
</table>
<% } %>
<%@ include file="foot.jsp" %>
