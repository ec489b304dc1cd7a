<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.model.*" %>
<%@ include file="head.jsp" %>
<h1>Policies</h1>
<form action="<%= ctx %>/policySearch.do">
Number <input name="policyNo"> or name, city, phone <input name="text"> <input type="submit" value="Search">
</form>
<%
  List lst = (List) request.getAttribute("holders");
  if (lst != null) {
%>
<table>
<% for (int i = 0; i < lst.size(); i++) { Policyholder ph = (Policyholder) lst.get(i); %>
<tr><td><a href="<%= ctx %>/holder?id=<%= ph.getHolderId() %>"><%= ph.getHolderNo() %></a></td>
<td><%= ph.getDisplayName() %></td><td><%= ph.getCity() %></td><td><%= ph.getPhone() %></td></tr>
<% } %>
</table>
<% } %>
<p><a href="<%= ctx %>/holder">New policyholder</a></p>
<%@ include file="foot.jsp" %>
